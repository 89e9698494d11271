import {
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  Nav,
  NavItem,
  NavList,
  Page,
  SkipToContent,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
  Badge,
} from '@patternfly/react-core'
import type { ReactNode } from 'react'
import { Link, useLocation, type LinkProps } from 'react-router'
import logo from '../icon.svg'
import { Banners } from './Banners.tsx'
import { ThemeMenu } from './ThemeMenu.tsx'

const pages = [
  { path: '/fleet', text: 'Fleet' },
  { path: '/map', text: 'Map' },
] as const

function HomeLink(props: Omit<LinkProps, 'to'>) {
  return <Link {...props} to="/fleet" className={`${props.className ?? ''} smm-home`} />
}

/** The frame around every page: name, navigation, theme, and what must be known everywhere. */
export function Shell({ troubles, children }: { troubles: number; children: ReactNode }) {
  const { pathname } = useLocation()
  const masthead = (
    <Masthead
      className="smm-masthead"
      display={{ default: 'inline' }}
      inset={{ default: 'insetSm' }}
    >
      <MastheadMain>
        <MastheadBrand>
          <MastheadLogo component={HomeLink}>
            <img src={logo} alt="" width={28} height={28} />
            <span className="smm-brand">Service Mesh Manager</span>
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isFullHeight isStatic>
          <ToolbarContent>
            <ToolbarItem>
              <Nav variant="horizontal" aria-label="Pages">
                <NavList>
                  {pages.map(({ path, text }) => (
                    <NavItem key={path} isActive={pathname.startsWith(path)}>
                      <Link to={path} aria-current={pathname.startsWith(path) ? 'page' : undefined}>
                        {text}
                        {path === '/fleet' && troubles > 0 ? (
                          <Badge
                            className="smm-nav-badge"
                            screenReaderText={
                              troubles === 1 ? 'cluster needs attention' : 'clusters need attention'
                            }
                          >
                            {troubles}
                          </Badge>
                        ) : null}
                      </Link>
                    </NavItem>
                  ))}
                </NavList>
              </Nav>
            </ToolbarItem>
            <ToolbarItem align={{ default: 'alignEnd' }} alignSelf="center">
              <ThemeMenu />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  )
  return (
    <Page
      masthead={masthead}
      banner={<Banners />}
      isContentFilled
      mainContainerId="main"
      mainTabIndex={-1}
      skipToContent={<SkipToContent href="#main">Skip to content</SkipToContent>}
    >
      {children}
    </Page>
  )
}
